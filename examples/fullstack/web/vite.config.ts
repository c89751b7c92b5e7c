import { defineConfig } from "vite";

export default defineConfig({
  // Names without a hash, so that a build of the same sources is the same files: they are committed.
  build: {
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: "app.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  server: { proxy: { "/api": "http://localhost:3000" } },
});

import { defineConfig } from "vite";

export default defineConfig({
  // File names without a hash, as the build is committed.
  build: {
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: "app.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  server: { proxy: { "/api": "http://localhost:3000" } },
});

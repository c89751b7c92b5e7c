// The users API with Hono.
import { Hono } from "hono";

const users = new Map([[1, { id: 1, name: "Ada" }]]);
const app = new Hono();

app.get("/api/users", (c) => c.json([...users.values()]));
app.post("/api/users", async (c) => {
  const user = { id: users.size + 1, name: (await c.req.json()).name };
  users.set(user.id, user);
  return c.json(user, 201);
});
app.get("/api/users/:id{[0-9]+}", (c) => {
  const user = users.get(Number(c.req.param("id")));
  return user ? c.json(user) : c.notFound();
});
app.delete("/api/users/:id{[0-9]+}", (c) => {
  return users.delete(Number(c.req.param("id"))) ? c.body(null, 204) : c.notFound();
});

export default app;

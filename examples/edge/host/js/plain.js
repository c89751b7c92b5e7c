// The users API in plain JavaScript, as short as possible: the lowest cost of a worker.
const users = new Map([[1, { id: 1, name: "Ada" }]]);
const json = (value, init) => Response.json(value, init);
const allow = (methods) => new Response(null, { status: 405, headers: { allow: methods } });

export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/api/users") {
      if (request.method === "GET") return json([...users.values()]);
      if (request.method !== "POST") return allow("GET, POST");
      const user = { id: users.size + 1, name: (await request.json()).name };
      users.set(user.id, user);
      return json(user, { status: 201 });
    }
    const id = Number(path.match(/^\/api\/users\/(\d+)$/)?.[1]);
    if (!users.has(id)) return new Response("not found", { status: 404 });
    if (request.method === "GET") return json(users.get(id));
    if (request.method !== "DELETE") return allow("DELETE, GET");
    users.delete(id);
    return new Response(null, { status: 204 });
  },
};

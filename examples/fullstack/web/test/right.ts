// Correct uses of the client: each call compiles, and its response has the types of the routes.
import createClient from "openapi-fetch";
import { events } from "../src/api";
import type { components, paths } from "../src/schema";

const api = createClient<paths>({ baseUrl: "/" });
type User = components["schemas"]["User"];

export async function uses(): Promise<number> {
  const { data: page } = await api.GET("/api/users", { params: { query: { search: "a", limit: 10 } } });
  const first: User | undefined = page?.users[0];
  const role: "admin" | "member" | "guest" | undefined = first?.role;
  const picture: string | null | undefined = first?.avatar; // an `Option` that is always serialized

  const { data: made, error } = await api.POST("/api/users", { body: { name: "Ada", email: "ada@example.com" } });
  if (error) {
    const title: string = error.title;
    const invalid: components["schemas"]["InvalidProblem"] = error;
    return title.length + (invalid.errors ?? []).map(({ pointer, detail }) => pointer ?? detail).join().length;
  }

  const { response } = await api.DELETE("/api/users/{id}", { params: { path: { id: made?.id ?? 0 } } });
  return response.status + (role ?? picture ?? "").length;
}

/** A tagged enum is a discriminated union: each case has its own members, and the compiler knows all cases. */
export function describe(change: components["schemas"]["Change"]): string {
  switch (change.type) {
    case "added":
    case "changed":
      return change.name;
    case "removed":
      return String(change.id);
    case "missed":
      return "";
    default:
      return change satisfies never;
  }
}

/** The data of an event has the type of the route's events. */
export function listen(): EventSource {
  return events("/api/users/events", (change) => describe(change));
}

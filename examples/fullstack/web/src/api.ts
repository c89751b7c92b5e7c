// The client: every path, field and status below is checked against the server's routes.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type User = components["schemas"]["User"];
export type NewUser = components["schemas"]["NewUser"];
export type Change = components["schemas"]["Change"];
export type Session = components["schemas"]["Session"];

export const api = createClient<paths>({ baseUrl: "/" });

/** What went wrong, for a person. */
export function reason(problem: { title?: string; detail?: string } | undefined): string {
  return problem?.detail ?? problem?.title ?? "The server cannot be reached.";
}

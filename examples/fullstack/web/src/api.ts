// The client of the API. The compiler checks each path and field against the server's routes.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type User = components["schemas"]["User"];
export type NewUser = components["schemas"]["NewUser"];
export type Change = components["schemas"]["Change"];
export type Session = components["schemas"]["Session"];

export const api = createClient<paths>({ baseUrl: "/" });

/** Returns a message for the user. */
export function reason(problem: { title?: string; detail?: string } | undefined): string {
  return problem?.detail ?? problem?.title ?? "The server cannot be reached.";
}

/** Returns the details of a problem by the name of the field that they are about. */
export function faults(problem: object | undefined): Record<string, string> {
  const { errors = [] } = (problem ?? {}) as Partial<components["schemas"]["InvalidProblem"]>;
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer?.slice(1) ?? "", detail]));
}

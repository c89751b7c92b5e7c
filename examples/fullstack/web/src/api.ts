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

/** The data of the events that a path streams. */
type EventOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "text/event-stream": infer Data } } } };
}
  ? Data
  : never;

/** The paths that stream events. */
type EventPath = { [Path in keyof paths]: [EventOf<Path>] extends [never] ? never : Path }[keyof paths];

/** Opens a stream of events. The compiler knows the type of their data from the server's routes. */
export function events<Path extends EventPath>(path: Path, onEvent: (data: EventOf<Path>) => void): EventSource {
  const source = new EventSource(path);
  source.addEventListener("message", (event: MessageEvent<string>) => onEvent(JSON.parse(event.data) as EventOf<Path>));
  return source;
}

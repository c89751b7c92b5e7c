// Listens to the server's changes.
import type { Change } from "./api";
import { element } from "./page";

const state = element("live", HTMLSpanElement);

export function listen(onChange: (change: Change) => void, onOpen: () => void): void {
  const source = new EventSource("/api/users/events");
  const say = (isOpen: boolean) => {
    state.textContent = isOpen ? "live" : "offline";
    state.classList.toggle("on", isOpen);
  };
  source.addEventListener("open", () => {
    say(true);
    onOpen();
  });
  source.addEventListener("error", () => say(false)); // EventSource reconnects itself
  source.addEventListener("message", (event: MessageEvent<string>) => onChange(JSON.parse(event.data) as Change));
}

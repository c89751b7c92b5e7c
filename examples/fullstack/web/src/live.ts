// Listens to the server's changes.
import { events, type Change } from "./api";
import { element } from "./page";

const state = element("live", HTMLSpanElement);

export function listen(onChange: (change: Change) => void, onOpen: () => void): void {
  const source = events("/api/users/events", onChange);
  const say = (isOpen: boolean) => {
    state.textContent = isOpen ? "live" : "offline";
    state.classList.toggle("on", isOpen);
  };
  source.addEventListener("open", () => {
    say(true);
    onOpen();
  });
  source.addEventListener("error", () => say(false)); // EventSource reconnects itself
}

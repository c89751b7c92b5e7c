// The list of users, which follows the server's changes.
import { api, type Change, type User } from "./api";
import { openEditor } from "./editor";
import { button, element, make } from "./page";

const list = element("users", HTMLUListElement);
const count = element("count", HTMLParagraphElement);
const empty = element("empty", HTMLParagraphElement);
const search = element("search", HTMLInputElement);
const users = new Map<number, User>();
let mayChange = false;
let newest = 0;

/** Loads the list again. Ignores the response if a newer request has begun. */
export async function load(): Promise<void> {
  const own = ++newest;
  const { data } = await api.GET("/api/users", { params: { query: { search: search.value } } });
  if (!data || own !== newest) return;
  users.clear();
  for (const user of data.users) users.set(user.id, user);
  show();
}

export function allowChanges(allowed: boolean): void {
  mayChange = allowed;
  show();
}

/** Applies a change from the server. */
export function apply(change: Change): void {
  switch (change.type) {
    case "removed":
      users.delete(change.id);
      return show();
    case "added":
    case "changed":
      if (search.value === "") {
        users.set(change.id, change);
        return show();
      }
      return void load();
    case "missed":
      return void load();
  }
}

function show(): void {
  const sorted = [...users.values()].sort((one, other) => one.name.localeCompare(other.name));
  list.replaceChildren(...sorted.map(card));
  count.textContent = `${users.size} ${users.size === 1 ? "person" : "people"}`;
  empty.hidden = users.size > 0;
}

function card(user: User): HTMLLIElement {
  const text = make("div", "about", make("strong", "", user.name), make("a", "email", user.email));
  text.querySelector("a")!.href = `mailto:${user.email}`;
  const item = make("li", "user", picture(user), text, make("span", `role ${user.role}`, user.role));
  item.dataset["id"] = String(user.id);
  if (mayChange) {
    const change = button("Edit", "", () => openEditor(user));
    const remove = button("Delete", "danger", () => {
      if (confirm(`Delete ${user.name}?`)) void api.DELETE("/api/users/{id}", { params: { path: { id: user.id } } });
    });
    change.setAttribute("aria-label", `Edit ${user.name}`);
    remove.setAttribute("aria-label", `Delete ${user.name}`);
    item.append(make("div", "actions", change, remove));
  }
  return item;
}

function picture(user: User): HTMLElement {
  if (user.avatar) {
    const image = make("img", "avatar");
    image.src = user.avatar;
    image.alt = "";
    return image;
  }
  const words = user.name.split(/\s+/).filter((word) => word !== "");
  const initials = make("span", "avatar", words.slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase());
  initials.style.setProperty("--hue", String((user.id * 67) % 360));
  initials.ariaHidden = "true";
  return initials;
}

let timer: number | undefined;
search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => void load(), 150);
});

// The dialog to add or change a user. It shows the server's errors beside the fields.
import { api, faults, reason, type NewUser, type User } from "./api";
import { element } from "./page";

const dialog = element("editor", HTMLDialogElement);
const form = element("form", HTMLFormElement);
const title = element("editor-title", HTMLHeadingElement);
const formProblem = element("form-problem", HTMLParagraphElement);
let edited: User | undefined;

function control(name: string): HTMLInputElement | HTMLSelectElement {
  return form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
}

function say(place: HTMLElement, text: string | undefined): void {
  place.textContent = text ?? "";
  place.hidden = text === undefined;
}

function sayBeside(name: string, text: string | undefined): void {
  const place = form.querySelector<HTMLElement>(`[data-for="${name}"]`);
  if (place) say(place, text);
  control(name).setAttribute("aria-invalid", String(text !== undefined));
}

/** Opens the dialog for a user, or for a new one. */
export function openEditor(user?: User): void {
  edited = user;
  title.textContent = user ? `Change ${user.name}` : "Add a person";
  form.reset();
  control("name").value = user?.name ?? "";
  control("email").value = user?.email ?? "";
  control("role").value = user?.role ?? "member";
  showProblems({});
  dialog.showModal();
}

function showProblems(errors: Record<string, string>, other?: string): void {
  for (const name of ["name", "email", "avatar"]) sayBeside(name, errors[name]);
  say(formProblem, other);
}

async function save(): Promise<void> {
  const body: NewUser = {
    name: control("name").value,
    email: control("email").value,
    role: control("role").value as NewUser["role"],
  };
  const { data, error } = edited
    ? await api.PUT("/api/users/{id}", { params: { path: { id: edited.id } }, body })
    : await api.POST("/api/users", { body });
  if (!data) {
    const errors = faults(error);
    showProblems(errors, Object.keys(errors).length > 0 ? undefined : reason(error));
    return;
  }
  edited = data; // if the picture is refused, the user already exists
  const avatar = (control("avatar") as HTMLInputElement).files?.[0];
  if (avatar) {
    const { error: refused } = await api.PUT("/api/users/{id}/avatar", {
      params: { path: { id: data.id } },
      body: { avatar: "" },
      bodySerializer: () => {
        const fields = new FormData();
        fields.set("avatar", avatar);
        return fields;
      },
    });
    if (refused) {
      showProblems({ avatar: reason(refused) });
      return;
    }
  }
  dialog.close();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void save().catch(() => showProblems({}, reason(undefined)));
});
element("cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());

// The session of the visitor.
import { api, reason } from "./api";
import { button, element, make } from "./page";

const place = element("session", HTMLDivElement);

/** Shows who is signed in, and calls `onChange` with whether somebody is. */
export async function startSession(onChange: (isSignedIn: boolean) => void): Promise<void> {
  const show = (name: string | undefined) => {
    place.replaceChildren(...(name === undefined ? [signInForm()] : [make("span", "who", name), signOutButton()]));
    onChange(name !== undefined);
  };
  const signOutButton = () =>
    button("Sign out", "", async () => {
      await api.DELETE("/api/session");
      show(undefined);
    });
  const signInForm = () => {
    const name = make("input");
    name.name = "who";
    name.placeholder = "Your name";
    name.required = true;
    name.maxLength = 80;
    name.setAttribute("aria-label", "Your name");
    const submit = make("button", "", "Sign in");
    const form = make("form", "sign-in", name, submit);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { data, error } = await api.POST("/api/session", { body: { name: name.value } });
      if (data) show(data.name);
      else name.setCustomValidity(reason(error));
    });
    name.addEventListener("input", () => name.setCustomValidity(""));
    return form;
  };
  // A visitor who never signed in has no session to load, and the browser would log the 401 as an error.
  if (localStorage.getItem("signed-in") === null) {
    show(undefined);
  } else {
    const { data } = await api.GET("/api/session");
    show(data?.name);
  }
  const remember = new MutationObserver(() => {
    if (place.querySelector(".who")) localStorage.setItem("signed-in", "yes");
    else localStorage.removeItem("signed-in");
  });
  remember.observe(place, { childList: true });
}

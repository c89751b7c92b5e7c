import { openEditor } from "./editor";
import { allowChanges, apply, load } from "./list";
import { listen } from "./live";
import { element } from "./page";
import { startSession } from "./session";

const add = element("add", HTMLButtonElement);
add.addEventListener("click", () => openEditor());
void startSession((isSignedIn) => {
  add.disabled = !isSignedIn;
  add.title = isSignedIn ? "" : "Sign in first";
  allowChanges(isSignedIn);
});
listen(apply, () => void load()); // loads the changes that were missed without a connection

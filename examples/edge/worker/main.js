// The script around the program. A panic ends an instance of the program: its request gets a 500 from workerd, the requests
// that wait in that instance continue there, and the next request gets a new instance.
import { instantiate } from "./index.js";

let state, program;

function begin() {
  state = { criticalError: false, instanceId: 0 };
  program = instantiate(state);
}

begin();

export default {
  fetch(request, env, context) {
    if (state.criticalError) begin();
    return program.fetch(request, env, context);
  },
};

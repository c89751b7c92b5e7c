// The script around the program. A panic ends an instance of it: workerd answers the request that met it with 500, the
// requests that wait in the same instance go on there, and the next one gets a new instance.
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

import { ActionError, defineAction, knownValue } from "../action";
import { fitsState, stateSpec } from "../state_spec";

export default defineAction({
  kind: "set_state",
  outward: false,
  async run(step, context) {
    const { scope, t } = context;
    const spec = stateSpec(scope, step.name);
    if (!spec) throw new ActionError(t("action.no_state", { name: step.name }));
    const value = await knownValue(context, step.value);
    if (!fitsState(spec, value)) throw new ActionError(t("action.wrong_state", { name: step.name }));
    scope.memory.states.set(step.name, value);
  },
  describe: (step, { t }) => t("action.would.set_state", { name: step.name }),
});

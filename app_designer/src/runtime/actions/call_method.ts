import type { Value } from "@sdk/api/types";
import { ActionError, defineAction, knownValue } from "../action";

export default defineAction({
  kind: "call_method",
  outward: false,
  async run(step, context) {
    const { scope, t } = context;
    const method = scope.memory.methods.get(step.element)?.[step.method];
    if (!method) throw new ActionError(t("action.no_method", { method: step.method }));
    const params: Record<string, Value> = {};
    for (const [name, bound] of Object.entries(step.params ?? {}))
      params[name] = await knownValue(context, bound);
    method(params);
  },
  describe: (step, { t }) => t("action.would.call_method", { method: step.method }),
});

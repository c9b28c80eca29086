import { ActionError, ActionStopped, defineAction, knownValue } from "../action";
import { assetOf } from "../binding";
import { guardedWrite } from "../write";

export default defineAction({
  kind: "write_tag",
  outward: true,
  async run(step, context) {
    const { scope, host, from, index, t } = context;
    const value = await knownValue(context, step.value);
    const outcome = await guardedWrite(scope, host, {
      element: from.element,
      event: from.event,
      step: index,
      asset: assetOf(scope, step.asset),
      role: step.role,
      value,
    });
    if (outcome.status === "cancelled") throw new ActionStopped();
    if (outcome.status !== "done") throw new ActionError(outcome.message ?? t("write.unknown"));
    if (outcome.message) host.tell(outcome.message, "calm");
  },
  async describe(step, context) {
    const value = await knownValue(context, step.value);
    const target = `${assetOf(context.scope, step.asset)} / ${step.role}`;
    return context.t("action.would.write_tag", { target, value: String(value) });
  },
});

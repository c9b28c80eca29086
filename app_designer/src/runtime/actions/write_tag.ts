import { ActionError, ActionStopped, defineAction, knownValue } from "../action";
import { assetOf } from "../binding";
import { guardedWrite, wouldWrite } from "../write";

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
    const { scope } = context;
    const asset = assetOf(scope, step.asset);
    const said = wouldWrite(scope, { asset, role: step.role, value });
    return context.t("action.would.write_tag", { target: `${asset} / ${step.role}`, value: said });
  },
});

import { localText } from "@sdk/i18n/catalogue";
import { defineAction } from "../action";

export default defineAction({
  kind: "message",
  outward: false,
  run: (step, { host, scope }) => host.tell(localText(step.text, scope.language), "calm"),
  describe: (step, { scope, t }) => t("action.would.message", { text: localText(step.text, scope.language) }),
});

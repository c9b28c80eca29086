import { defineAction } from "../action";

export default defineAction({
  kind: "close_dialog",
  outward: false,
  run: (_step, { host }) => host.closeDialog(),
  describe: (_step, { t }) => t("action.would.close_dialog"),
});

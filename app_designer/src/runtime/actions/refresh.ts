import { defineAction } from "../action";

export default defineAction({
  kind: "refresh",
  outward: false,
  run: (_step, { host }) => host.refresh(),
  describe: (_step, { t }) => t("action.would.refresh"),
});

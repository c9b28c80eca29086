import { ActionError, defineAction } from "../action";

export default defineAction({
  kind: "export",
  outward: true,
  async run(step, { scope, t }) {
    const { exportCsv } = await import("../export_csv");
    const rows = await exportCsv(scope, step.element ?? null, t);
    if (rows === 0) throw new ActionError(t("export.nothing"));
  },
  describe: (_step, { t }) => t("action.would.export"),
});

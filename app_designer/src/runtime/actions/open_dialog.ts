import { localText } from "@sdk/i18n/catalogue";
import { maySee } from "../access";
import { ActionError, defineAction, pageParams } from "../action";

export default defineAction({
  kind: "open_dialog",
  outward: false,
  async run(step, context) {
    const { scope, host, t } = context;
    const page = scope.loaded.pages[step.page];
    if (!page || !maySee(page.access, scope.user)) {
      throw new ActionError(t("action.no_page", { page: step.page }));
    }
    host.openDialog(step.page, await pageParams(context, step.params));
  },
  describe(step, { scope, t }) {
    const title = localText(scope.loaded.pages[step.page]?.title, scope.language) || step.page;
    return t("action.would.open_dialog", { page: title });
  },
});

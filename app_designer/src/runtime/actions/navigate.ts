import { localText } from "@sdk/i18n/catalogue";
import { maySee } from "../access";
import { ActionError, defineAction, pageParams } from "../action";

export default defineAction({
  kind: "navigate",
  outward: false,
  async run(step, context) {
    const { scope, host, t } = context;
    const app = step.app && step.app !== scope.loaded.app.id ? step.app : null;
    const page = scope.loaded.pages[step.page];
    if (!app && !(page && maySee(page.access, scope.user))) {
      throw new ActionError(t("action.no_page", { page: step.page }));
    }
    host.navigate({ app, page: step.page, params: await pageParams(context, step.params) });
  },
  describe(step, { scope, t }) {
    const title = localText(scope.loaded.pages[step.page]?.title, scope.language) || step.page;
    return t("action.would.navigate", { page: step.app ? `${step.app} / ${title}` : title });
  },
});

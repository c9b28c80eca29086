import { useLocale } from "@sdk";
import { maySee } from "./access";
import type { RuntimeHost } from "./action";
import type { OpenDialog } from "./dialogs";
import { EmbedProvider, useOtherPage } from "./EmbeddedPage";
import { useDialogRunner } from "./host";
import { Modal } from "./Modal";
import css from "./modal.module.css";
import { PageParams } from "./PageHead";
import { PageBody } from "./PageView";
import { pageTitle } from "./params";
import type { AppStates, RuntimeScope } from "./scope";

interface DialogProps {
  dialog: OpenDialog;
  scope: RuntimeScope;
  states: AppStates;
  host: RuntimeHost;
  close: () => void;
  onParam: (name: string, value: string) => void;
}

/** A page of the app over the present one, with parameters and states of its own. */
export function PageDialog(props: DialogProps) {
  const { loaded, user } = props.scope;
  const page = loaded.pages[props.dialog.page];
  // An address may name any page.
  return page && maySee(page.access, user) ? <Shown {...props} page={page} /> : null;
}

type ShownProps = DialogProps & { page: RuntimeScope["loaded"]["pages"][string] };

function Shown({ dialog, page, scope: outer, states, host, close, onParam }: ShownProps) {
  const { language } = useLocale();
  const runner = useDialogRunner(host, close);
  const scope = useOtherPage(outer, states, page, dialog.params, runner);
  return (
    <Modal title={pageTitle(page, scope.loaded, scope.params, language)} close={close} wide>
      <EmbedProvider page={page.id} scope={scope} states={states}>
        <div className={css.params}>
          <PageParams page={page} scope={scope} onParam={onParam} />
        </div>
        <PageBody scope={scope} />
      </EmbedProvider>
    </Modal>
  );
}

import { Button, Icon, Notice, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useEffect, useMemo, useRef, useState } from "react";
import type { CompositeDocument } from "../../generated/documents.gen";
import { useWorkbench } from "../frame/workbench";
import { type Instance, newestVersion, updatableInstances, versionKey } from "../model/block_versions";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { Choose } from "../preview/Choose";
import { DATA_MODES, type DataMode } from "../preview/choice";
import { useTexts as usePreviewTexts } from "../preview/texts";
import { InstanceRow } from "./InstanceRow";
import { instanceKey, instancesBehind, updateInstances } from "./instance_changes";
import { ReviewData } from "./ReviewData";
import css from "./review.module.css";
import { useTexts } from "./texts";
import { VersionWords } from "./VersionWords";

interface ReviewProps {
  block: string;
  close: () => void;
}

/** Every place that shows an older version of a block, beside what it would be; the ticked ones are updated at once. */
export default function BlockReview({ block, close }: ReviewProps) {
  const draft = useDesigner((state) => state.draft);
  const after = draft.blocks[versionKey(block, newestVersion({ draft }, block))];
  if (!after) return null;
  return <ReviewDialog after={after} close={close} />;
}

function ReviewDialog({ after, close }: { after: CompositeDocument; close: () => void }) {
  const text = useTexts();
  const { language } = useLocale();
  const dialog = useRef<HTMLDialogElement>(null);
  const draft = useDesigner((state) => state.draft);
  const behind = useMemo(() => instancesBehind(draft, after.id, after.version), [draft, after]);
  const choice = useChoice(behind);
  const preview = usePreviewTexts();
  const [data, setData] = useState<DataMode>("live");
  const update = useUpdate(after, choice.chosen, close);
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  const title = text("title", { name: localText(after.name, language), version: String(after.version) });
  return (
    <dialog
      ref={dialog}
      className={css.review}
      aria-labelledby="block-review"
      onClose={close}
      data-empty={behind.length === 0}
      data-ui="true"
    >
      <header>
        <h2 id="block-review" className="truncate" title={title}>
          {title}
        </h2>
        <Button look="quiet" square aria-label={text("close")} title={text("close")} onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      {behind.length === 0 ? (
        <Nothing after={after} />
      ) : (
        <>
          <div className={css.list}>
            <div className={css.intro}>
              <p className={css.hint}>{text("intro")}</p>
              <Choose
                label={preview("data")}
                value={data}
                options={DATA_MODES.map((value) => ({ value, label: preview(`data_${value}`) }))}
                set={setData}
              />
            </div>
            <ReviewData data={data} live={() => setData("live")}>
              <Groups after={after} behind={behind} choice={choice} close={close} />
            </ReviewData>
          </div>
          <footer>
            <span role="status">
              {text("ticked", { count: String(choice.chosen.length), total: String(behind.length) })}
            </span>
            <Button onClick={choice.all}>{text("all")}</Button>
            <Button onClick={choice.none}>{text("no_one")}</Button>
            <Button look="primary" disabled={choice.chosen.length === 0} onClick={update}>
              {text("update", { count: String(choice.chosen.length) })}
            </Button>
          </footer>
        </>
      )}
    </dialog>
  );
}

interface Choice {
  readonly chosen: readonly Instance[];
  has(instance: Instance): boolean;
  toggle(instance: Instance): void;
  all(): void;
  none(): void;
}

/** All are ticked until somebody unticks them, also those that come while the review is open. */
function useChoice(behind: readonly Instance[]): Choice {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const has = (instance: Instance) => !left.has(instanceKey(instance));
  return {
    chosen: behind.filter(has),
    has,
    toggle: (instance) => {
      const next = new Set(left);
      if (!next.delete(instanceKey(instance))) next.add(instanceKey(instance));
      setLeft(next);
    },
    all: () => setLeft(new Set()),
    none: () => setLeft(new Set(behind.map(instanceKey))),
  };
}

function useUpdate(after: CompositeDocument, chosen: readonly Instance[], close: () => void) {
  const text = useTexts();
  const store = useDesignerStore();
  const { announce } = useWorkbench();
  return () => {
    const version = String(after.version);
    store.change(text("step", { version }), updateInstances(store.getState().draft, chosen, after));
    announce(text("done", { count: String(chosen.length), version }));
    close();
  };
}

function Nothing({ after }: { after: CompositeDocument }) {
  const text = useTexts();
  const used = useDesigner((state) => updatableInstances(state.draft, after.id).length > 0);
  return (
    <div className={css.list}>
      {used ? (
        <Notice
          icon="check"
          title={text("none", { version: String(after.version) })}
          hint={text("none_hint")}
        />
      ) : (
        <Notice icon="apps" title={text("unused")} hint={text("unused_hint")} />
      )}
    </div>
  );
}

interface GroupsProps {
  after: CompositeDocument;
  behind: readonly Instance[];
  choice: Choice;
  close: () => void;
}

/** The places by the version they show: what is different inside is said once for all of them. */
function Groups({ after, behind, choice, close }: GroupsProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const versions = [...new Set(behind.map(({ version }) => version))].sort((a, b) => a - b);
  const show = ({ canvas, id }: Instance) => {
    close();
    store.open(canvas);
    store.select([id]);
  };
  return versions.map((from) => (
    <section key={from} aria-label={text("from_to", { from: String(from), to: String(after.version) })}>
      <h3>{text("from_to", { from: String(from), to: String(after.version) })}</h3>
      <VersionWords block={after.id} from={from} to={after.version} />
      {behind
        .filter(({ version }) => version === from)
        .map((instance) => (
          <InstanceRow
            key={instanceKey(instance)}
            instance={instance}
            after={after}
            ticked={choice.has(instance)}
            toggle={() => choice.toggle(instance)}
            show={() => show(instance)}
          />
        ))}
    </section>
  ));
}

import { Button, Icon, Notice, Skeleton, useLocale } from "@sdk";
import type { Finding } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { AppTests } from "../app_tests/AppTests";
import { useWorkbench } from "../frame/workbench";
import { documentOf } from "../model/canvas_key";
import type { Draft } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { type FindingGroup, grouped, lastOf, useCheck } from "./findings";
import { fixOf } from "./fixes";
import { focusField } from "./focus_field";
import { placeOf } from "./goto";
import css from "./lint.module.css";
import { useTexts } from "./texts";

/** What the check found, each with the way to its place. */
export default function LintPanel() {
  const text = useTexts();
  const { t } = useLocale();
  const { state, again } = useCheck();
  const check = lastOf(state);
  return (
    <div className={css.panel} aria-busy={state.kind === "checking"}>
      <div className={css.head}>
        <p role="status">
          {state.kind === "checking" ? text("checking") : check ? <Summary {...check} /> : null}
        </p>
        <Button look="quiet" onClick={again}>
          {text("again")}
        </Button>
      </div>
      {state.kind === "failed" ? (
        <Notice icon="warn" title={text("failed")} hint={describeError(state.error, t)} tone="alarm" />
      ) : null}
      {check ? <Findings findings={check.findings} /> : null}
      {!check && state.kind === "checking" ? <Skeleton width="100%" height="160px" /> : null}
      <AppTests />
    </div>
  );
}

function Summary({ errors, warnings }: { errors: number; warnings: number }) {
  const text = useTexts();
  const parts = [
    ...(errors > 0 ? [text("errors", { count: String(errors) })] : []),
    ...(warnings > 0 ? [text("warnings", { count: String(warnings) })] : []),
  ];
  return parts.length > 0 ? parts.join(" · ") : text("clean");
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const text = useTexts();
  if (findings.length === 0) return <Notice icon="check" title={text("clean")} hint={text("clean_hint")} />;
  return (
    <>
      {grouped(findings).map((group) => (
        <Group key={group.key} group={group} />
      ))}
    </>
  );
}

function Group({ group }: { group: FindingGroup }) {
  const text = useTexts();
  const { language } = useLocale();
  const name = useDesigner(({ draft }) => nameOf(draft, group.key, language));
  return (
    <section className={css.group}>
      <h3 className="truncate" title={name ?? ""}>
        {name ?? text("app")}
      </h3>
      <ul>
        {group.findings.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two findings may be alike in everything.
          <Row key={`${finding.code}${finding.path}${index}`} finding={finding} />
        ))}
      </ul>
    </section>
  );
}

function nameOf(draft: Draft, key: string, language: "en" | "zh-CN"): string | null {
  if (key === "") return null;
  const document = documentOf(draft, key);
  if (!document) return key;
  return localText("title" in document ? document.title : document.name, language) || document.id;
}

function Row({ finding }: { finding: Finding }) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const { closePanel, openPanel } = useWorkbench();
  const draft = useDesigner((state) => state.draft);
  const place = placeOf(draft, finding.path);
  const fix = fixOf(draft, finding);
  // A text that misses a language is written in the table of texts, whatever it belongs to.
  const inTable = finding.code === "lint.language";
  const error = finding.severity === "error";
  const go = () => {
    if (inTable) return openPanel("texts");
    if (place.canvas) store.open(place.canvas);
    if (!place.element) return;
    store.select([place.element]);
    closePanel();
    focusField(place.member);
  };
  const mend = () => {
    if (fix) store.change(text(fix.text, fix.values), fix.changes);
  };
  return (
    <li className={css.row} data-severity={finding.severity}>
      <span className={css.mark} title={text(finding.severity)}>
        <Icon name={error ? "cross" : "warn"} size={18} />
        <span className="visually-hidden">{text(finding.severity)}</span>
      </span>
      <div className={css.words}>
        <p>{localText(finding.message, language)}</p>
        <p className={css.hint}>{localText(finding.hint, language)}</p>
        <div className={css.actions}>
          {place.canvas || inTable ? (
            <Button look="quiet" onClick={go}>
              {text("go")}
            </Button>
          ) : null}
          {fix ? (
            <Button look="quiet" onClick={mend} title={text(fix.text, fix.values)}>
              {text("fix")}
            </Button>
          ) : null}
        </div>
      </div>
    </li>
  );
}

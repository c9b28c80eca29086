import { Icon } from "@sdk";
import { ExpressionEditor } from "../expr_editor/ExpressionEditor";
import { ActionFields } from "./ActionFields";
import type { Action, ActionProps } from "./actions";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

interface EditorProps extends ActionProps {
  index: number;
  count: number;
  onRemove: () => void;
  onMove: (to: number) => void;
}

/** One step: its kind, what it needs, and its condition. */
export function ActionEditor(props: EditorProps) {
  const { step, index, count, disabled, onChange, onRemove, onMove } = props;
  const t = useInspectorTexts();
  const title = t("action.name", { n: String(index + 1), kind: t(`action.${step.action}`) });
  return (
    <fieldset className={css.action} disabled={disabled}>
      <legend className="visually-hidden">{title}</legend>
      <div className={css.actionHead}>
        <strong className="truncate">{title}</strong>
        <span className={css.order}>
          <button
            type="button"
            className={css.tiny}
            disabled={index === 0}
            aria-label={t("entry.up", { name: title })}
            onClick={() => onMove(index - 1)}
          >
            <Icon name="up" size={14} />
          </button>
          <button
            type="button"
            className={css.tiny}
            disabled={index === count - 1}
            aria-label={t("entry.down", { name: title })}
            onClick={() => onMove(index + 1)}
          >
            <Icon name="down" size={14} />
          </button>
          <button
            type="button"
            className={css.tiny}
            aria-label={t("action.remove")}
            title={t("action.remove")}
            onClick={onRemove}
          >
            <Icon name="trash" size={14} />
          </button>
        </span>
      </div>
      <ActionFields {...props} />
      <Condition step={step} element={props.element} given={props.given} onChange={onChange} />
    </fieldset>
  );
}

function Condition({ step, element, given, onChange }: Omit<ActionProps, "disabled">) {
  const t = useInspectorTexts();
  const { when } = step;
  if (!when) {
    return (
      <button
        type="button"
        className={css.link}
        onClick={() => onChange({ ...step, when: { text: "", vars: {} } }, false)}
      >
        {t("action.when_add")}
      </button>
    );
  }
  const remove = () => {
    const { when: _, ...rest } = step;
    onChange(rest as Action, false);
  };
  return (
    <div className={css.field}>
      <span className={css.labelRow}>
        <span className={css.label}>{t("action.when")}</span>
        <button type="button" className={css.link} onClick={remove}>
          {t("action.when_remove")}
        </button>
      </span>
      <ExpressionEditor
        label={t("action.when")}
        value={when}
        element={element}
        wanted="boolean"
        given={given}
        onChange={(next, typing) => onChange({ ...step, when: next }, typing)}
      />
    </div>
  );
}

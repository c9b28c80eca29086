import {
  type ComponentProps,
  Icon,
  isIcon,
  type LocalText,
  localText,
  type PageTarget,
  QualityMark,
  type Signal,
  useFieldTexts,
  useFormatter,
  useLocale,
  useNavigation,
  useSignal,
} from "@sdk";
import type { MouseEvent } from "react";
import css from "./View.module.css";

export interface LinkProps {
  label?: LocalText;
  hint?: LocalText;
  icon?: string;
  look?: "tile" | "button" | "text";
  page?: string;
  params?: { name: string; value: string }[];
}

export default function LinkView({ props, inputs, emit, enabled, text, mode }: ComponentProps<LinkProps>) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const navigation = useNavigation();
  const target: PageTarget | null = props.page
    ? {
        page: props.page,
        params: Object.fromEntries((props.params ?? []).map((one) => [one.name, one.value])),
      }
    : null;
  const title = target ? navigation.title(target.page) : null;
  const label = localText(props.label, language) || title || props.page || text("link");
  const missing = target !== null && navigation.current !== null && title === null;
  const here = target !== null && isHere(navigation.current, target);
  const href = target && enabled && !missing ? navigation.href(target) : null;
  const hint = missing ? text("missing") : enabled ? localText(props.hint, language) : t("not_enabled");
  const press = (event: MouseEvent) => {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (!enabled || missing || mode !== "run") return;
    if (!emit("press") && target) navigation.go(target);
  };
  const inside = (
    <>
      {isIcon(props.icon) ? <Icon name={props.icon} size={props.look === "tile" ? 24 : 20} /> : null}
      <span className={css.words}>
        <span className={css.label} title={label}>
          {label}
        </span>
        {hint ? (
          <span className={`${css.hint} truncate`} title={hint}>
            {hint}
          </span>
        ) : null}
      </span>
      {inputs.value?.[0] ? <Badge signal={inputs.value[0]} /> : null}
      {props.look === "text" ? null : <Icon name="chevron" size={16} />}
    </>
  );
  const shared = {
    className: css.link,
    "data-look": props.look ?? "tile",
    "data-state": missing ? "missing" : enabled ? (here ? "here" : "ready") : "disabled",
    onClick: press,
  };
  if (href)
    return (
      <a {...shared} href={href} aria-current={here ? "page" : undefined}>
        {inside}
      </a>
    );
  return (
    <button {...shared} type="button" aria-disabled={!enabled || missing}>
      {inside}
    </button>
  );
}

function isHere(current: PageTarget | null, target: PageTarget): boolean {
  if (current?.page !== target.page) return false;
  return Object.entries(target.params).every(([name, value]) => current.params[name] === value);
}

function Badge({ signal }: { signal: Signal }) {
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  return (
    <span className={css.badge} data-current={assessment.current}>
      <strong>{shown.text}</strong> {value === null ? "" : shown.unit}
      <QualityMark assessment={assessment} sample={sample} />
    </span>
  );
}

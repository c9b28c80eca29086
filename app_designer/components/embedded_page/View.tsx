import {
  type ComponentProps,
  type LocalText,
  localText,
  Notice,
  useEmbedding,
  useLocale,
  useNavigation,
} from "@sdk";
import css from "./View.module.css";

export interface PageParam {
  name: string;
  value: string;
}

export interface EmbeddedPageProps {
  title?: LocalText;
  page?: string;
  params?: PageParam[];
}

/** Pages in pages in pages help nobody, and each brings its own values. */
const DEPTH_MAX = 4;

export default function EmbeddedPageView({ props, text, mode }: ComponentProps<EmbeddedPageProps>) {
  const { language } = useLocale();
  const { render, path } = useEmbedding();
  const { title: titleOf } = useNavigation();
  const { page } = props;
  const title = localText(props.title, language);
  const name = title || (page ? titleOf(page) : null) || text("page");
  const content = () => {
    if (!page) return <Notice icon="link" title={text("unset")} hint={text("unset_hint")} />;
    if (path.includes(page)) return <Notice icon="warn" title={text("cycle")} hint={text("cycle_hint")} />;
    if (path.length >= DEPTH_MAX) return <Notice icon="warn" title={text("deep")} hint={text("deep_hint")} />;
    const drawn = render({
      page,
      params: Object.fromEntries((props.params ?? []).map((one) => [one.name, one.value])),
    });
    if (drawn !== null) return drawn;
    if (mode === "run") return <Notice icon="question" title={text("missing")} hint={page} />;
    return <Notice icon="apps" title={page} hint={text("placeholder")} />;
  };
  return (
    <section className={css.frame} aria-label={name}>
      {title ? <h2 className={`${css.title} truncate`}>{title}</h2> : null}
      <div className={css.body}>{content()}</div>
    </section>
  );
}

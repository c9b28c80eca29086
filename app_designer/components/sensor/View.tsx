import {
  type ComponentProps,
  type LocalText,
  localText,
  type SymbolProps,
  SymbolView,
  useLocale,
} from "@sdk";
import css from "./View.module.css";

export interface SensorProps extends SymbolProps {
  code?: LocalText;
}

/** An instrument bubble with its letters (TT, PT, FT) and a line to the process. */
export default function SensorView(given: ComponentProps<SensorProps>) {
  const { language } = useLocale();
  const code = localText(given.props.code, language);
  return (
    <SymbolView
      given={given}
      draw={() => (
        <>
          <line x1={50} y1={80} x2={50} y2={100} />
          <circle cx={50} cy={42} r={38} />
          <line x1={12} y1={42} x2={88} y2={42} />
          <text x={50} y={33} className={css.code}>
            {code.slice(0, 5)}
          </text>
        </>
      )}
    />
  );
}

import { Button } from "@sdk";
import { useTexts } from "./texts";
import css from "./versions.module.css";

interface SureProps {
  question: string;
  hint: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}

/** The second press of something that people will notice; the way out comes first for the keyboard. */
export function Sure({ question, hint, yes, onYes, onNo }: SureProps) {
  const text = useTexts();
  return (
    <div className={css.sure} role="alertdialog" aria-label={question}>
      <p>
        <strong>{question}</strong> {hint}
      </p>
      <div className={css.ways}>
        <Button autoFocus onClick={onNo}>
          {text("cancel")}
        </Button>
        <Button look="primary" onClick={onYes}>
          {yes}
        </Button>
      </div>
    </div>
  );
}

import { Button } from "@sdk";
import css from "./edge_config.module.css";
import { useConfigTexts } from "./texts";

const WATCH_S = [60, 300, 900, 3600] as const;
const NOTE_MAX = 500;

export interface Wish {
  note: string;
  watchS: number;
}

interface PushProps {
  edge: string;
  wish: Wish;
  set: (wish: Wish) => void;
  busy: boolean;
  push: () => void;
}

/** Why, how long it is watched, and the button. */
export function Push({ edge, wish, set, busy, push }: PushProps) {
  const text = useConfigTexts();
  return (
    <form
      className={css.pushing}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) push();
      }}
    >
      <label>
        {text("note")}
        <input
          name="note"
          value={wish.note}
          maxLength={NOTE_MAX}
          autoComplete="off"
          onChange={(event) => set({ ...wish, note: event.target.value })}
        />
      </label>
      <label>
        {text("watch")}
        <select
          name="watch"
          value={wish.watchS}
          onChange={(event) => set({ ...wish, watchS: Number(event.target.value) })}
        >
          {WATCH_S.map((one) => (
            <option key={one} value={one}>
              {text("minutes", { n: String(one / 60) })}
            </option>
          ))}
        </select>
      </label>
      <Button look="primary" type="submit" aria-busy={busy}>
        {text(busy ? "pushing" : "push", { edge })}
      </Button>
    </form>
  );
}

import { elementsOf } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { ElementPanel } from "./ElementPanel";
import { FormChoicesProvider } from "./FormChoices";
import css from "./inspector.module.css";
import { MultiPanel } from "./MultiPanel";
import { PagePanel } from "./PagePanel";

/** The settings of what is selected; of the page where nothing is. */
export default function Inspector() {
  const selection = useDesigner((state) => state.selection);
  const elements = useDesigner((state) =>
    state.selection.flatMap((id) => elementsOf(state.draft, state.canvas)[id] ?? []),
  );
  const [only] = elements;
  const id = selection[0] ?? "";
  return (
    <FormChoicesProvider>
      <div className={css.inspector}>
        {only && elements.length === 1 ? <ElementPanel key={id} id={id} element={only} /> : null}
        {elements.length > 1 ? <MultiPanel ids={selection} elements={elements} /> : null}
        {elements.length === 0 ? <PagePanel /> : null}
      </div>
    </FormChoicesProvider>
  );
}

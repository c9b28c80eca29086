import { Modal } from "@runtime/Modal";
import { Button } from "@sdk";
import { withUnit } from "@sdk/preferences/marks";
import { unitsLike } from "@sdk/units";
import { usePreferences } from "./preferences";
import { useSession } from "./session";
import css from "./settings.module.css";
import { useSettingsTexts } from "./settings_texts";

/** What people see in other units than those stored, each with a unit of it. */
const DIMENSIONS = {
  temperature: "°C",
  pressure: "bar",
  length: "mm",
  mass: "kg",
  volume: "l",
  flow: "m³/h",
  speed: "m/s",
  energy: "kWh",
  power: "kW",
  torque: "N·m",
} as const;

type Dimension = keyof typeof DIMENSIONS;

function zones(): string[] {
  return typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
}

/** Time zone and units of the person who is signed in. Each choice holds at once. */
export default function Settings({ close }: { close: () => void }) {
  const text = useSettingsTexts();
  const { state } = useSession();
  const { preferences, change } = usePreferences();
  const site = (state.kind === "in" ? state.session.zone : "") || "UTC";
  return (
    <Modal title={text("title")} close={close}>
      <div className={css.settings}>
        <p className={css.hint}>{text("hint")}</p>
        <label className={css.row}>
          {text("zone")}
          <select
            value={preferences.zone}
            onChange={(event) => change((before) => ({ ...before, zone: event.target.value }))}
          >
            <option value="">{text("zone_site", { zone: site })}</option>
            {zones().map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </select>
        </label>
        <h3 className={css.sub}>{text("units")}</h3>
        {(Object.keys(DIMENSIONS) as Dimension[]).map((dimension) => (
          <label key={dimension} className={css.row}>
            {text(dimension)}
            <select
              value={preferences.units[dimension] ?? ""}
              onChange={(event) => change((before) => withUnit(before, dimension, event.target.value))}
            >
              <option value="">{text("stored")}</option>
              {unitsLike(DIMENSIONS[dimension]).map((unit) => (
                <option key={unit} value={unit}>
                  {unit}
                </option>
              ))}
            </select>
          </label>
        ))}
        <Button look="primary" onClick={close}>
          {text("done")}
        </Button>
      </div>
    </Modal>
  );
}

import { useHost, useWorkbench } from "@designer/frame/workbench";
import { useDesigner, useDesignerStore } from "@designer/model/hooks";
import { blocks } from "@runtime/registry";
import { Button, Icon, Notice, useLocale } from "@sdk";
import type { Asset } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { areaTexts } from "@sdk/i18n/area";
import { useEffect, useMemo, useRef, useState } from "react";
import { en } from "./en";
import { SINGLE_MAX, startFromAssets } from "./generate";
import { machinesOf, signalsOf } from "./rank";
import css from "./starter.module.css";
import { zhCn } from "./zh_cn";

const { useTexts } = areaTexts<keyof typeof en>(en, zhCn);
const versionOf = (type: string) => blocks.get(type)?.manifest.props_version ?? 1;

/** Chooses machines and makes the first pages from them. */
export default function Starter() {
  const text = useTexts();
  const { closeOverlay } = useWorkbench();
  const dialog = useRef<HTMLDialogElement>(null);
  const plant = useDesigner((state) => state.plant);
  const machines = useMemo(() => machinesOf(plant), [plant]);
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-label={text("title")}
      onCancel={(event) => {
        event.preventDefault();
        closeOverlay();
      }}
    >
      <header className={css.head}>
        <h2>{text("title")}</h2>
        <Button look="quiet" square aria-label={text("close")} title={text("close")} onClick={closeOverlay}>
          <Icon name="close" />
        </Button>
      </header>
      {machines.length === 0 ? <NoMachines /> : <Choice machines={machines} />}
    </dialog>
  );
}

function NoMachines() {
  const text = useTexts();
  const { navigate } = useHost();
  return (
    <Notice icon="press" title={text("empty")} hint={text("empty_hint")}>
      <Button look="primary" onClick={() => navigate("/plant")}>
        {text("plant")}
      </Button>
    </Notice>
  );
}

function Choice({ machines }: { machines: readonly Asset[] }) {
  const text = useTexts();
  const { language } = useLocale();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(machines.slice(0, SINGLE_MAX).map(({ id }) => id)),
  );
  const [search, setSearch] = useState("");
  const words = search.trim().toLocaleLowerCase();
  const nameOf = (asset: Asset) => assetName(asset, asset.id, language);
  const shown = machines.filter((asset) =>
    `${nameOf(asset)} ${asset.id}`.toLocaleLowerCase().includes(words),
  );
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <p className={css.lead}>{text("lead")}</p>
      <div className={css.tools}>
        <input
          type="search"
          value={search}
          placeholder={text("search")}
          aria-label={text("search")}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Button look="quiet" onClick={() => setChosen(new Set(shown.map(({ id }) => id)))}>
          {text("all")}
        </Button>
        <Button look="quiet" onClick={() => setChosen(new Set())}>
          {text("none")}
        </Button>
      </div>
      <ul className={css.list}>
        {shown.map((asset) => (
          <li key={asset.id}>
            <Row asset={asset} name={nameOf(asset)} checked={chosen.has(asset.id)} toggle={toggle} />
          </li>
        ))}
        {shown.length === 0 ? <li className={css.nothing}>{text("no_match")}</li> : null}
      </ul>
      <Foot chosen={chosen} />
    </>
  );
}

interface RowProps {
  asset: Asset;
  name: string;
  checked: boolean;
  toggle: (id: string) => void;
}

function Row({ asset, name, checked, toggle }: RowProps) {
  const text = useTexts();
  const plant = useDesigner((state) => state.plant);
  const { state, numbers } = useMemo(() => signalsOf(plant, asset.id), [plant, asset.id]);
  const count = String(numbers.length + (state ? 1 : 0));
  return (
    <label className={css.row}>
      <input type="checkbox" checked={checked} onChange={() => toggle(asset.id)} />
      <span className={`${css.name} truncate`} title={name}>
        {name}
      </span>
      <span className={css.facts}>
        {text("signals", { count })}
        {state ? ` · ${text("state")}` : ""}
      </span>
    </label>
  );
}

function Foot({ chosen }: { chosen: ReadonlySet<string> }) {
  const text = useTexts();
  const store = useDesignerStore();
  const { closeOverlay, announce } = useWorkbench();
  const count = String(chosen.size);
  const make = () => {
    const { draft, plant } = store.getState();
    const changes = startFromAssets({ draft, plant, chosen: [...chosen], versionOf });
    const page = changes.find(({ path, value }) => path[0] === "pages" && value !== undefined)?.path[1];
    if (changes.length > 0) store.change(text("step", { count }), changes, page ? { page, select: [] } : {});
    announce(text("done", { count }));
    closeOverlay();
  };
  return (
    <footer className={css.foot}>
      <span role="status">
        {text("chosen", { count })}
        {chosen.size > SINGLE_MAX ? ` · ${text("limit", { count: String(SINGLE_MAX) })}` : ""}
      </span>
      <Button look="primary" disabled={chosen.size === 0} onClick={make}>
        {text("make")}
      </Button>
    </footer>
  );
}

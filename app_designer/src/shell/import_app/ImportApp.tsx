import { useServices } from "@sdk";
import { AppsApi } from "@sdk/api/apps";
import { useMemo } from "react";
import { PackageDialog } from "../packages/PackageDialog";
import { navigate } from "../router";
import { Inspected } from "./Inspected";
import { useImportTexts } from "./texts";

/** A package becomes an app: chosen, checked, mapped, confirmed, installed. */
export function ImportApp({ close }: { close: () => void }) {
  const text = useImportTexts();
  const { api } = useServices();
  const apps = useMemo(() => new AppsApi(api), [api]);
  const inspect = async (file: File) => {
    const [inspection, assets] = await Promise.all([apps.inspectPackage(file), api.assets()]);
    return { inspection, assets };
  };
  return (
    <PackageDialog
      title={text("title")}
      choose={text("choose")}
      hint={text("hint")}
      input="package"
      inspect={inspect}
      close={close}
    >
      {(looked) => (
        <Inspected
          inspection={looked.found.inspection}
          assets={looked.found.assets}
          looked={looked}
          install={(options) =>
            looked.run(async () => {
              const { app, release } = await apps.installPackage(looked.found.inspection.upload, options);
              navigate(release === null ? `/design/${app}` : `/app/${app}`);
            })
          }
        />
      )}
    </PackageDialog>
  );
}

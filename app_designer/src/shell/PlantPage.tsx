import PlantScreen from "../plant/PlantScreen";
import { setQuery, useQuery } from "./router";
import { useSession } from "./session";

/** The Plant page in the frame of the product; the open tab is kept in the address. */
export default function PlantPage() {
  const { state } = useSession();
  const query = useQuery();
  const role = state.kind === "in" ? state.session.user.role : "viewer";
  return (
    <PlantScreen
      role={role}
      tab={query.get("tab")}
      onTab={(tab) => setQuery((params) => params.set("tab", tab), { replace: true })}
    />
  );
}

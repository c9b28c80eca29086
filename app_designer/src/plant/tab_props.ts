import type { PlantApi } from "@sdk/api/plant";
import type { PlantData } from "./plant_data";

/** What each tab of the Plant page gets. */
export interface TabProps {
  plant: PlantData;
  plantApi: PlantApi;
  reload: () => Promise<void>;
  /** Tells the reader, also one who listens, what became of it. */
  tell: (text: string) => void;
}

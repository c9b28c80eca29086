/** What only a look at the past needs; fetched with the first one. */
export { PastWorld } from "@sdk/travel/past_world";
export { TravelBar } from "./TravelBar";

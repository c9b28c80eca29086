import { symbolKeepsItsPromises } from "../../src/testing/symbol";
import View from "./View";

symbolKeepsItsPromises(View, "Cooler 1");

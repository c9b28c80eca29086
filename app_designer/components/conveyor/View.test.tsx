import { symbolKeepsItsPromises } from "../../src/testing/symbol";
import View from "./View";

symbolKeepsItsPromises(View, "Conveyor 1");

import { symbolKeepsItsPromises } from "../../src/testing/symbol";
import View from "./View";

symbolKeepsItsPromises(View, "Fan 1");

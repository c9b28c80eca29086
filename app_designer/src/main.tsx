import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { Shell } from "./shell/Shell";

const root = document.getElementById("root");
if (root && location.pathname === "/app-test")
  void import("./app_test/page").then(({ runPage }) => runPage(root));
else if (root) createRoot(root).render(<Shell />);

import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { Shell } from "./shell/Shell";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Shell />);

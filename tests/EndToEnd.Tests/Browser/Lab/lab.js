// JupyterLab's own outputs and sanitizer, in a page of their own: what is left of a notebook that it does not trust.
import "@jupyterlab/apputils/style/base.css";
import "@jupyterlab/rendermime/style/base.css";
import "@jupyterlab/outputarea/style/base.css";
import { OutputArea, OutputAreaModel } from "@jupyterlab/outputarea";
import { RenderMimeRegistry, standardRendererFactories } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";

window.show = ({ cells }) => {
  const rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  for (const { outputs } of cells.filter((cell) => cell.cell_type === "code")) {
    const place = document.body.appendChild(document.createElement("div"));
    const model = new OutputAreaModel({ values: outputs, trusted: false });
    Widget.attach(new OutputArea({ model, rendermime }), place);
  }
};

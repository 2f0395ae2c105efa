// tresnet: the composition root. The networks' commands are those of the notebook extension; the notebook's own are here.
using Notebook.Session.Formatting;
using TResNet.Cli;

if (SystemLimits.AreTooFewFiles())
{
    return 1;
}

Cultures.Prepare();
return await Shell.MainAsync(args);

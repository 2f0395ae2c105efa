namespace EndToEnd.Tests.Browser;

/// <summary>A fact about Debian's Jupyter Notebook in Debian's Chromium, skipped with the reason where one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfBrowserAttribute : FactAttribute
{
    /// <summary>The front end; another one, of another version, may come first on the path.</summary>
    public const string Jupyter = "/usr/bin/jupyter-notebook";

    /// <summary>The browser.</summary>
    public const string Chromium = "/usr/bin/chromium";

    /// <summary>Whether it needs axe-core too, which <c>npm ci</c> brings.</summary>
    public bool NeedsAxe
    {
        get;
        set
        {
            field = value;
            if (value && !File.Exists(BrowserSession.Built("Axe")))
            {
                Skip ??= $"needs {BrowserSession.Built("Axe")} (npm ci)";
            }
        }
    }

    /// <summary>Whether it needs JupyterLab's packages too, which <c>npm ci</c> brings, and nbconvert, which comes with Jupyter Notebook.</summary>
    public bool NeedsLab
    {
        get;
        set
        {
            field = value;
            var lab = Path.Combine(BrowserSession.Built("Modules"), "@jupyterlab", "outputarea");
            if (value && !Directory.Exists(lab))
            {
                Skip ??= $"needs {lab} (npm ci)";
            }
        }
    }

    /// <summary>Whether it needs ONNX Runtime for browsers too, which <c>npm ci</c> brings.</summary>
    public bool NeedsOnnxRuntime
    {
        get;
        set
        {
            field = value;
            var runtime = Path.Combine(BrowserSession.Built("Modules"), "onnxruntime-web");
            if (value && !Directory.Exists(runtime))
            {
                Skip ??= $"needs {runtime} (npm ci)";
            }
        }
    }

    /// <summary>Whether it needs what reads the text of a PDF too.</summary>
    public bool NeedsPdfText
    {
        get;
        set
        {
            field = value;
            if (value && !File.Exists(PdfText.Program))
            {
                Skip ??= $"needs {PdfText.Program} (Debian: apt-get install poppler-utils)";
            }
        }
    }

    public FactIfBrowserAttribute()
    {
        var missing = new[] { Jupyter, Chromium }.Where(program => !File.Exists(program)).ToArray();
        if (missing.Length > 0)
        {
            Skip =
                $"needs {string.Join(" and ", missing)} (Debian: apt-get install {string.Join(' ', missing.Select(Path.GetFileName))})";
        }
    }
}

/// <summary>A theory about a notebook wherever it is opened, skipped with the reason where something is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryIfLabAttribute : TheoryAttribute
{
    public TheoryIfLabAttribute() => Skip = new FactIfBrowserAttribute { NeedsLab = true }.Skip;
}

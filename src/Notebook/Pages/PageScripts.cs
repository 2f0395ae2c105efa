using System.Security.Cryptography;
using System.Text;

namespace Notebook.Pages;

/// <summary>The scripts of a page, and the rule that lets them run.</summary>
internal sealed class PageScripts
{
    private readonly List<string> scripts = [];

    /// <summary>Adds one; returns its element.</summary>
    public string Add(string script)
    {
        // Browsers read line endings so, and hash what they have read.
        var read = script.ReplaceLineEndings("\n");
        scripts.Add(read);
        return $"<script>{read}</script>\n";
    }

    /// <summary>The sources of a Content-Security-Policy that are these scripts and no other, no handler and no link.</summary>
    public string Sources =>
        string.Join(
            ' ',
            scripts.Select(script =>
                $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"
            )
        );
}

// Messaging spec, "Kernel info".
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>kernel_info_request</c>, on shell and control: the first message that every front end sends.</summary>
/// <param name="product">What the kernel says of itself.</param>
internal sealed class KernelInfoHandler(HostProduct product) : IRequestHandler
{
    private readonly KernelInfoReply reply = Describe(product);

    /// <inheritdoc/>
    public string Type => "kernel_info_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(reply);
        return Task.CompletedTask;
    }

    private static KernelInfoReply Describe(HostProduct product)
    {
        var language = LanguageVersion.Latest.MapSpecifiedToEffectiveVersion().ToDisplayString();
        return new KernelInfoReply(
            MessageFormat.ProtocolVersion,
            product.Implementation,
            product.Version,
            new LanguageInfo("csharp", language, "text/x-csharp", ".cs", "csharp", "text/x-csharp"),
            $"{product.Title} {product.Version}: C# {language} on {RuntimeInformation.FrameworkDescription}",
            [
                new HelpLink("C#", "https://learn.microsoft.com/dotnet/csharp/"),
                new HelpLink(".NET API", "https://learn.microsoft.com/dotnet/api/"),
                .. product.HelpLinks.Select(link => new HelpLink(link.Text, link.Url)),
            ],
            SupportedFeatures: ["kernel subshells"]
        );
    }
}

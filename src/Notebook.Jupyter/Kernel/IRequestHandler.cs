namespace Notebook.Jupyter.Kernel;

/// <summary>Answers the requests of one type. A message more is a file more in <c>Handlers/</c> and a line in <see cref="KernelServer"/>.</summary>
internal interface IRequestHandler
{
    /// <summary>The type it answers, for example <c>kernel_info_request</c>.</summary>
    string Type { get; }

    /// <summary>Publishes what the request causes and replies.</summary>
    /// <exception cref="System.Text.Json.JsonException">The content is not what the specification says; answered with an error.</exception>
    Task HandleAsync(Request request);
}

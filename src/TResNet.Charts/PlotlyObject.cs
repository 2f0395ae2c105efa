using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>
/// An object of plotly's JSON. What a record has no property for it keeps beside, so that a chart that was made elsewhere is read
/// (<see cref="Figure.FromJson"/>), changed and written without losing anything.
/// </summary>
public abstract record PlotlyObject
{
    /// <summary>Plotly's further attributes by their names, and those whose value the property of that name cannot hold; null for none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? OtherAttributes { get; init; }
}
